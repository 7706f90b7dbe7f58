"""A report with one match, and its variants."""

import pytest

from benchwright.findings import BadRow, CheckReport, Cluster, ItemPlace, Side, SideFile, Waiver
from benchwright.verdicts import CheckRun, ContaminationReport, Excerpt, Match

TEXT = "Write to Ada about the bench."


def build_run(status="clean", *, matches=(), check="minhash", **fields):
    counts = {
        "clean": (6, 8, 8, None),
        "flagged": (6, 8, 8, None),
        "inconclusive": (6, 8, 5, "found 5 of 8 planted copies"),
        "not_run": (0, 0, 0, "no test item has a lineage"),
    }[status]
    return CheckRun(
        **{
            "check": check,
            "scope": "test x train",
            "params": {"min_jaccard": 0.8},
            "items_comparable": 5,
            "items_not_comparable": 0,
            "pairs_compared": counts[0],
            "planted": counts[1],
            "planted_found": counts[2],
            "reason": counts[3],
            "matches": matches,
            "histogram": (0,) * 19 + (1,),
            "status": status,
            **fields,
        }
    )


def build_match(text=TEXT, *, left_id="t1", right_id="c1", spans=((0, 8),)):
    side = Excerpt(text=text, spans=spans)
    return Match(
        left_id=left_id, right_id=right_id, score=0.91, evidence=text, left=side, right=side
    )


def build_side(role, *, names=("t1", "c1"), file=None, **fields):
    file = file or f"data dir/{role}.jsonl"
    return Side(
        **{
            "role": role,
            "files": (SideFile(name=file, sha256="0" * 64, rows=3),),
            "rows": 3,
            "field_map": {"input": ("prompt",), "id": ("id",)},
            "guessed": ("id",),
            "places": {name: ItemPlace(file=file, line=7) for name in names},
            **fields,
        }
    )


def build_report(*runs, verdict=None, **fields):
    contamination = ContaminationReport(runs=runs)
    return CheckReport(
        **{
            "tool": "benchwright 0.1.0",
            "normaliser": "v1",
            "seed": 0,
            "test": build_side("test"),
            "train": build_side("train"),
            "contamination": contamination,
            "verdict": verdict or contamination.status,
            **fields,
        }
    )


@pytest.fixture
def make():
    """Builders of a report and its parts."""

    class Make:
        run = staticmethod(build_run)
        match = staticmethod(build_match)
        side = staticmethod(build_side)
        report = staticmethod(build_report)
        bad_row = BadRow(file="test.jsonl", line=4, reason="not JSON")
        waiver = Waiver(check="inconclusive", reason="accepted by Ada")

        @staticmethod
        def flagged(text=TEXT, **fields):
            return build_report(build_run("flagged", matches=(build_match(text),)), **fields)

        @staticmethod
        def hostile(text):
            """A report in which every free text is `text`."""
            names = (text,)
            run = build_run(
                "flagged",
                check=text,
                matches=(build_match(text, left_id=text, right_id=text, spans=((1, 3),)),),
                reason=text,
                scope=text,
                params={text: text},
            )
            row = BadRow(file=text, line=1, reason=text)
            fields = {"bad_rows": (row,), "field_map": {text: (text,)}, "guessed": (text,)}
            return build_report(
                run,
                tool=text,
                normaliser=text,
                test=build_side("test", names=names, file=text, **fields),
                train=build_side("train", names=names, file=text, **fields),
                clusters=(Cluster(ids=(text, text), checks=(text,)),),
                waivers=(Waiver(check=text, reason=text, expires=text),),
                required=(text,),
            )

    return Make


PAYLOADS = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</SCRIPT ><img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</textarea><iframe src=//evil.example>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example>",
    "<link rel=stylesheet href=//evil.example>",
    "<form action=//evil.example><input type=submit>",
    "<!-- --><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    "{{ 7 * 7 }}{% for x in y %}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "</pre></b><script>alert(1)</script>",
    "</mark></div></article><object data=//evil.example>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "\u202e<img src=x>\u2066",
    "[x](javascript:alert(1)) ![y](//evil.example/p.png)",
    "| a | b |\n|---|---|\n\n# head\n\n- item\n\n```\ncode\n```",
    "[r]: //evil.example\n\n[r] <https://evil.example> https://evil.example www.evil.example",
    "\\`*_{}[]()#+-.!|~ \\\\| **bold** __x__ ~~gone~~",
)


@pytest.fixture(params=PAYLOADS)
def payload(request):
    """A text that would be markup if it were not escaped."""
    return request.param
