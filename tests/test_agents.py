"""What an assistant gets over the Model Context Protocol, by the SDK's own client."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from threading import Event

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import CallToolResult, ListToolsResult

from qa.answers import Answer
from qa.context import CancelledError, RequestContext
from tests.fakes_web import BRIDGE, WHO, FakeAnswerer
from web.agents import create_mcp_server
from web.guard.admission import Admission


def call(name: str, **arguments: object) -> CallToolResult:
    async def ask() -> CallToolResult:
        answerer = FakeAnswerer([BRIDGE], {WHO: "Maria Keller"})
        async with Client(create_mcp_server(answerer, 5, Admission(4, 4))) as client:
            return await client.call_tool(name, arguments)

    return asyncio.run(ask())


def test_the_tools_are_told_with_their_arguments() -> None:
    async def tools() -> ListToolsResult:
        async with Client(
            create_mcp_server(FakeAnswerer([BRIDGE]), 5, Admission(4, 4))
        ) as client:
            return await client.list_tools()

    found = {each.name: each for each in asyncio.run(tools()).tools}
    assert set(found) == {"ask", "search", "read_document", "verify_quotes"}
    assert all(each.description for each in found.values())
    assert "question" in found["ask"].input_schema["properties"]


def test_an_assistant_asks_reads_and_proves_its_quote() -> None:
    answer = call("ask", question=WHO).structured_content
    (citation,) = answer["citations"]
    read = call("read_document", document_id=citation["document"]["id"])
    text = read.structured_content["text"]
    assert text == BRIDGE.text
    start, end = citation["start"], citation["end"]
    assert text[start:end] == citation["quote"] == answer["answer"]
    quote = {"document_id": BRIDGE.doc_id, "start": start, "end": end}
    checked = call("verify_quotes", citations=[quote | {"quote": text[start:end]}])
    assert checked.structured_content["results"][0]["state"] == "stands"
    forged = call("verify_quotes", citations=[quote | {"quote": "Mario Keller"}])
    assert forged.structured_content["results"][0]["state"] == "gone"


def test_a_program_that_an_assistant_starts_answers_and_proves(index_dir: Path) -> None:
    script = Path(__file__).parents[1] / "scripts" / "mcp.py"
    started = StdioServerParameters(
        command=sys.executable, args=[str(script), "--index", str(index_dir)]
    )

    async def ask() -> tuple[CallToolResult, CallToolResult]:
        async with Client(stdio_client(started)) as client:
            question = "Who arrived in Baghdad?"
            answer = await client.call_tool("ask", {"question": question})
            cited = answer.structured_content["citations"]
            quotes = [
                {
                    "document_id": each["document"]["id"],
                    **{key: each[key] for key in ("start", "end", "quote")},
                }
                for each in cited
            ]
            checked = await client.call_tool("verify_quotes", {"citations": quotes})
            return answer, checked

    answer, checked = asyncio.run(ask())
    assert answer.structured_content["citations"]
    states = [each["state"] for each in checked.structured_content["results"]]
    assert set(states) == {"stands"}


def test_search_gives_passages_without_an_answer() -> None:
    found = call("search", query="bridge", k=1).structured_content["passages"]
    assert [each["quote"] for each in found] == ["The mayor came."]


class WaitingAnswerer(FakeAnswerer):
    """Answers only whoever does not wait."""

    def __init__(self) -> None:
        super().__init__([BRIDGE])
        self.is_asked, self.is_ended = Event(), Event()

    def answer(
        self, question: str, *, context: RequestContext | None = None, **more: object
    ) -> Answer:
        assert context is not None
        self.is_asked.set()
        for _ in range(500):
            try:
                context.check()
            except CancelledError:
                self.is_ended.set()
                raise
            time.sleep(0.01)
        raise AssertionError("nobody ended it")


def test_what_an_assistant_gives_up_ends() -> None:
    answerer = WaitingAnswerer()

    async def give_up() -> None:
        async with Client(create_mcp_server(answerer, 60, Admission(4, 4))) as client:
            asking = asyncio.create_task(client.call_tool("ask", {"question": WHO}))
            await asyncio.to_thread(answerer.is_asked.wait, 5)
            asking.cancel()
            assert await asyncio.to_thread(answerer.is_ended.wait, 3)

    asyncio.run(give_up())


def test_what_finds_no_place_is_told_when_to_come_back() -> None:
    answerer = FakeAnswerer([BRIDGE], {WHO: "Maria Keller"})
    admission = Admission(1, 0)
    quote = {"document_id": BRIDGE.doc_id, "start": 0, "end": 3, "quote": "The"}

    async def ask() -> list[CallToolResult]:
        async with Client(create_mcp_server(answerer, 5, admission)) as client:
            return [
                await client.call_tool("ask", {"question": WHO}),
                await client.call_tool("verify_quotes", {"citations": [quote]}),
            ]

    with admission.admitted(RequestContext()):
        refused = asyncio.run(ask())
    assert all(each.is_error for each in refused)
    assert all("ask again in" in str(each.content) for each in refused)
    assert not any(each.is_error for each in asyncio.run(ask()))


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("ask", {"question": WHO, "document_ids": ["none"]}, "no document 'none'"),
        ("read_document", {"document_id": "none"}, "no document 'none'"),
        ("search", {"query": "x", "k": 1000}, "k"),
    ],
)
def test_what_cannot_be_is_told_as_an_error(
    name: str, arguments: dict[str, object], said: str
) -> None:
    result = call(name, **arguments)
    assert result.is_error
    assert said in str(result.content)
