"""Three-way merge of text (section 6.8)."""


def join(base: str, standing: str, incoming: str) -> str | None:
    """The text that holds both changes; None where they overlap or touch."""
    if standing in (base, incoming):
        return incoming
    if incoming == base:
        return standing
    first, second = sorted([_span(base, standing), _span(base, incoming)])
    if first[1] >= second[0]:
        return None
    return base[: first[0]] + first[2] + base[first[1] : second[0]] + second[2] + base[second[1] :]


def _span(base: str, side: str) -> tuple[int, int, str]:
    begin = 0
    while begin < min(len(base), len(side)) and base[begin] == side[begin]:
        begin += 1
    end = 0
    while end < min(len(base), len(side)) - begin and base[-1 - end] == side[-1 - end]:
        end += 1
    return begin, len(base) - end, side[begin : len(side) - end]
