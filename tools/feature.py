"""Write the skeleton of a feature: on the server, in the console, and its tests.

`python -m tools.feature surveys --one survey --zh 问卷` writes a feature whose records are listed,
read, added, changed, put away, exported and noted, within reach; it passes every test as it is
written. What to make of it is in docs/howto/add-a-feature.md.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEMPLATES = Path(__file__).parent / "feature_template"
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
#: Where each part of the skeleton goes.
PLACES = {
    "server": "dialer/features/{many}",
    "console": "console/src/features/{many}",
    "tests": "tests/unit/features/{many}",
    "migrations": "dialer/store/migrations/versions",
}


def singular(many: str) -> str:
    """`companies` of `company`; whoever knows better says so with --one."""
    if many.endswith("ies"):
        return f"{many[:-3]}y"
    return many.removesuffix("s")


def words_of(many: str, one: str, chinese: str) -> Mapping[str, str]:
    """What stands in the templates for what."""
    head = max(Path(ROOT, PLACES["migrations"]).glob("[0-9]*.py")).name[:4]
    return {
        "@NUMBER@": f"{int(head) + 1:04}",
        "@BEFORE@": head,
        "@Title@": many.replace("_", " ").capitalize(),
        "@title@": many.replace("_", " "),
        "@a one@": f"{'an' if one[0] in 'aeiou' else 'a'} {one.replace('_', ' ')}",
        "@One@": "".join(part.capitalize() for part in one.split("_")),
        "@Many@": "".join(part.capitalize() for part in many.split("_")),
        "@ONE@": one.upper(),
        "@MANY@": many.upper(),
        "@one@": one,
        "@many@": many,
        "@中文@": chinese,
    }


def filled(text: str, words: Mapping[str, str]) -> str:
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text


def files(words: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    """Every file of the skeleton with its text."""
    for template in sorted(TEMPLATES.rglob("*.tpl")):
        part, *inner = template.relative_to(TEMPLATES).with_suffix("").parts
        folder = Path(ROOT, PLACES[part].format(many=words["@many@"]))
        path = folder.joinpath(*(filled(it, words) for it in inner))
        yield path, filled(template.read_text("utf-8"), words)


def into_lists(many: str, words: Mapping[str, str]) -> None:
    """The line for the feature in each list, and its routes in the table of routes."""
    every = ROOT / "dialer/features/every.py"
    text = every.read_text("utf-8")
    imported = re.search(r"from dialer\.features import \(\n((?:    \w+,\n)+)\)", text)
    assert imported is not None, every
    names = sorted([*imported[1].split(), f"{many},"])
    text = text.replace(imported[1], "".join(f"    {it}\n" for it in names))
    every.write_text(
        text.replace("    setup.FEATURE,\n", f"    setup.FEATURE,\n    {many}.FEATURE,\n")
    )
    listed = ROOT / "console/src/features/index.ts"
    text = listed.read_text("utf-8")
    camel = words["@Many@"][0].lower() + words["@Many@"][1:]
    lines = text.splitlines()
    last = max(at for at, line in enumerate(lines) if line.startswith("import { feature as"))
    lines.insert(last + 1, f"import {{ feature as {camel} }} from './{many}'")
    end = max(at for at, line in enumerate(lines) if line.startswith("]"))
    lines.insert(end, f"  {camel},")
    listed.write_text("\n".join(lines) + "\n")
    routes = ROOT / "tests/unit/api/routes_by_role.txt"
    said = (TEMPLATES / "routes.txt").read_text("utf-8")
    routes.write_text(routes.read_text("utf-8").rstrip() + "\n" + filled(said, words))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("name", help="of its folder, in the plural: surveys, sales_goals")
    parser.add_argument("--one", default="", help="one of them, where the plural is no -s: survey")
    parser.add_argument("--zh", default="记录", help="what they are called in Chinese")
    said = parser.parse_args()
    one = said.one or singular(said.name)
    for word in (said.name, one):
        if not NAME.fullmatch(word):
            parser.error(f"{word!r} is no name: small letters, digits and _, as in sales_goals")
    if one == said.name:
        parser.error(f"say what one of the {said.name} is called: --one WORD")
    words = words_of(said.name, one, said.zh)
    wanted = list(files(words))
    if there := [path for path, _ in wanted if path.exists()]:
        parser.error(f"{there[0].relative_to(ROOT)} is there already")
    for path, text in wanted:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        print(path.relative_to(ROOT))
    into_lists(said.name, words)
    return subprocess.run([sys.executable, "-m", "tools.docs"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
