"""Every lint rule of hand-written tasks: its id, what must hold, and how to mend it.

A001 to A049 are about the file and its twin; A101 to A120 are the gate's rules G001 to G020.
"""

from dataclasses import dataclass

from benchwright.errors import Place
from benchwright.tasks import Record

RULES: dict[str, tuple[str, str]] = {
    "A001": ("the file begins with front matter", "begin the file with a line `---`"),
    "A002": ("the front matter ends", "close it with a line `---`"),
    "A003": ("the front matter is plain YAML", "mend this line"),
    "A004": ("no key is unknown", "rename or remove the key"),
    "A005": ("no key is missing", "add the key to the front matter"),
    "A006": ("every value is of its kind", "correct the value"),
    "A007": ("no stub is left in front matter and outputs", "write what is asked for in its place"),
    "A008": ("the pack can be used", "name a pack with an adversarial.yaml"),
    "A009": ("the dimension is one of the pack", "name a dimension of the pack"),
    "A010": (
        "every attack class is one of the pack",
        "name classes of the pack's adversarial.yaml",
    ),
    "A011": ("one attack class tests the dimension", "change the dimension or the class"),
    "A012": ("a task has attack classes, a twin has none", "add `attacks: [...]`; none in a twin"),
    "A013": ("`why_hard` explains", "say in eight words or more what makes an agent fail"),
    "A014": ("a task names its benign twin", "run `benchwright adversarial twin` on the file"),
    "A015": ("every fenced block is of a known kind", "use input, reference, bad or good"),
    "A016": ("input and reference stand once", "keep one of the blocks"),
    "A017": ("every block is closed", "close the block with the same fence"),
    "A018": ("there is an input", "add an ```input block"),
    "A019": ("there is a reference", "add a ```reference block that passes the rubric"),
    "A020": ("a task shows an output that fails", 'add a ```bad check=KIND why="..." block'),
    "A021": ("every block is plain YAML, or an e-mail", "mend this line"),
    "A022": ("a block of keys holds keys", "write `key: value` lines"),
    "A023": ("every output has the shape that the pack asks for", "give these keys and no others"),
    "A024": ("the info line of a block can be read", 'write ```bad check=KIND why="..."'),
    "A025": ("a bad block names the check that it fails", "add check=KIND to its info line"),
    "A026": ("a bad or good block says why", 'add why="..." to its info line'),
    "A027": ("a block names a dimension of the pack", "name a dimension of the pack"),
    "A028": ("a bad block names a check of the rubric", "add the check, or name another"),
    "A029": ("every check can be run", "correct its kind or parameters"),
    "A030": (
        "the pack's own checks fit the input",
        "give the input what they read, or `base: false`",
    ),
    "A031": ("no bad output is the reference", "change one of the two blocks"),
    "A032": ("no output stands twice", "remove one of the blocks"),
    "A033": ("no value is null", "leave the key out, or quote the word"),
    "A034": ("nothing is named twice", "remove the repetition"),
    "A040": ("the twin can be read", "write it: `benchwright adversarial twin FILE`"),
    "A041": ("task and twin name each other", "set `twin` here and `twin_of` there"),
    "A042": ("the twin's input is another", "take the attack out of the twin's input"),
    "A043": (
        "all but the attack is equal in the twin",
        "keep pack and dimension, and most of the input",
    ),
    "A044": ("the twin is a task that can be passed", "mend the twin: run lint on it"),
    "A045": (
        "a bad output fails the check that it names",
        "change the output, the check or the name",
    ),
    "A046": (
        "no task is another one under masking",
        "change more than names and numbers, or drop one",
    ),
    "A047": ("no input stands twice", "drop one of the files"),
    "A101": ("the reference says or does something", "write the reference"),
    "A102": ("no check stands twice in the rubric", "remove one of the two"),
    "A103": ("at least one check needs no model judge", "add a check that a rule can decide"),
    "A104": ("the reference passes the rubric", "change the reference, or the check"),
    "A105": ("no placeholder stands in the task", "write the text itself"),
    "A106": ("every number of the reference stands in the input", "take the number from the input"),
    "A107": ("no personal data", "use example.com, 555-0100 and made-up names"),
    "A108": ("the answer does not stand in the input", "take it out of the input"),
    "A109": ("no bad output passes", "make a check that refuses it critical, or change it"),
    "A110": ("every good output passes", "change the output, or the check that refuses it"),
    "A111": (
        "no empty-headed agent passes",
        "ask for something that only a reader can say: `mentions`",
    ),
    "A112": ("every check can fail", "give the check terms that an output could break"),
    "A113": ("every date is a day of the calendar", "correct the date"),
    "A114": ("nothing was observed after `today`", "move the date, or `today`"),
    "A115": ("confidence and score agree", "correct one of the two"),
    "A116": ("the reference greets the recipient", "use the recipient's name"),
    "A117": ("every id of the reference stands in the input", "take the id from the input"),
    "A118": ("the reference takes every action that is owed", "add the action"),
    "A119": ("the reference does not break off", "finish the sentence"),
    "A120": ("the reference is in the language of the input", "write it in that language"),
}


class LintFinding(Record):
    """One thing that is wrong with one file."""

    rule: str
    file: str
    line: int
    message: str
    fix: str


@dataclass(slots=True)
class Found:
    """Findings of one file, as they are collected."""

    file: str
    findings: list[LintFinding]

    def add(self, rule: str, line: int, message: str, fix: str | None = None) -> None:
        """Remember one finding; without a fix of its own, the rule's is given."""
        self.findings.append(
            LintFinding(
                rule=rule, file=self.file, line=line, message=message, fix=fix or RULES[rule][1]
            )
        )

    def sorted(self) -> list[LintFinding]:
        """Return the findings by line, then by rule."""
        return sorted(self.findings, key=lambda one: (one.line, one.rule, one.message))


def place_of(finding: LintFinding) -> Place:
    """Return where a finding stands."""
    return Place(file=finding.file, line=finding.line)
