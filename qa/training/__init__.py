"""How a reader is trained; needs the ``train`` extra."""
