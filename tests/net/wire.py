"""One request by itself, for tests of the wire."""

from aiwatch.net import Allow, Answer, Resolve, Unanswered, ask, open_client, system_resolve

OK = b"HTTP/1.1 200 OK\r\n"


async def once(
    url: str,
    *,
    allow: Allow = True,
    resolve: Resolve = system_resolve,
    deadline: float = 5.0,
    limit: int = 1_000_000,
    method: str = "GET",
    **extensions: object,
) -> Answer | Unanswered:
    async with open_client(
        user_agent="aiwatch-test/1", allow_private=allow, resolve=resolve
    ) as client:
        request = client.build_request(method, url, extensions=extensions)
        return await ask(client, request, deadline=deadline, limit=limit)


def kind(result: Answer | Unanswered) -> str:
    return result.kind if isinstance(result, Unanswered) else str(result.status)


def names(*answers: tuple[str, ...]) -> Resolve:
    """A resolver that gives one answer after the other, then the last for ever."""
    waiting = list(answers)

    async def resolve(host: str, port: int) -> tuple[str, ...]:
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    return resolve
