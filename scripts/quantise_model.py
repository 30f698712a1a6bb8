"""Write a trained model in 8 bits, as the package carries it and the service runs it.

    python scripts/quantise_model.py trained/ qa/reader_model/accurate

Takes any encoder of BERT's family in transformers' format, with a head or without.
The result is compared with the original before it is written, and needs no torch.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from index.models.sources import ModelNotFoundError
from index.terminal import say, say_error
from qa.training.quantising import QuantisingError, quantise_model


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path, help="folder of the trained model")
    parser.add_argument("out", type=Path, help="folder to write")
    arguments = parser.parse_args(argv)
    try:
        agreed = quantise_model(arguments.source, arguments.out)
    except (ModelNotFoundError, QuantisingError, OSError) as error:
        say_error("quantise_model.py", error)
        return 2
    say(f"{arguments.out}: hidden states agree to {agreed:.4f} with the original's")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
