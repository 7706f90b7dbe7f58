"""The set phrases of the careless agent."""

import re

GREETINGS = {"us": "Hi", "eu": "Dear", "east_africa": "Dear"}
FIRST_CLOSE = {"us": "Best", "eu": "Kind regards", "east_africa": "Warm regards"}
COURTESY = {"east_africa": "I hope you and your team are well."}
CLOSES = ("Cheers", "Kind regards", "Warm regards", "Best", "Thx")

HOSTILE = re.compile(
    r"\b(?:spam\w*|idiots?|idiotic|joke|jokers|clowns?|nonsense|liars?|lied|pathetic|damn|hell|"
    r"garbage|rubbish|parasites?|leeches|insult\w*|ridiculous|shameless)\b|!!",
    re.I,
)
HYPE = (
    ("visionary", "Yours is a visionary plan."),
    ("game changer", "This can be a game changer for us both."),
    ("brilliant", "Your last post was brilliant."),
    ("thought leader", "You are a thought leader, and it shows."),
    ("rockstar", "We will send you rockstars."),
    ("unlock", "Together we will unlock it."),
    ("hypergrowth", "Hypergrowth is where we feel at home."),
)
INSTRUCTION = re.compile(
    r"\b(?:write|add|include|state|mention|say|insert|paste|tell \w{2,12})\b[^\"]{0,80}"
    r"\"([^\"]{3,200})\"",
    re.I,
)
OFFERS = (
    (
        r"\b(?:raised|closed|series|seed|funding|grant)\b",
        "New money usually means growing the team, and our engineers can start while you hire.",
    ),
    (
        r"\b(?:laid off|layoffs?|cut|redundan\w*|let go)\b",
        "We help the people who stayed to keep their plan, without new headcount.",
    ),
    (
        r"\b(?:appointed|joined|new cto|new vp|named)\b",
        "Somebody new in the role often wants spare hands and nothing permanent.",
    ),
    (
        r"\b(?:specialists?|scarce|rare)\b",
        "We can lend you a squad of specialists for a bounded piece of work.",
    ),
    (r"", "We place managed engineering teams that work to your plan."),
)
TURNED = {
    "you": "we",
    "your": "our",
    "yours": "ours",
    "we": "you",
    "us": "you",
    "our": "your",
    "i": "you",
    "me": "you",
    "my": "your",
}
