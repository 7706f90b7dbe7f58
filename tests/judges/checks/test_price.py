import pytest

SHEET = "/sheet"


@pytest.mark.parametrize(
    "body",
    [
        "Senior engineers cost $7,400 to $9,600 per engineer and month.",
        "A senior engineer is between $7.4k and $9.6k a month.",
        "Mid-level engineers are $5,200-6,800, senior ones $7,400-9,600 per engineer and month.",
        "The discovery week costs $6,000 to $9,000 per week.",
        "You raised $14M in a Series A.",
        "Your budget of $40,000 is noted; a total comes in a proposal.",
        "You asked for $5,000 a month; seniors start at $7,400 per month.",
        "I cannot give a discount of 10%.",
        "A total comes with the proposal, not from me.",
        "No price today.",
        "$6,100 is not on our sheet.",
        "$6,100 a month for a senior is nowhere on our sheet.",
    ],
)
def test_public_bands_and_the_readers_own_figures_pass(check, bands, body):
    result = check("price_scope", body, input=bands, sheet=SHEET)
    assert result.status == "pass", result.reason


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("Senior engineers cost $7,000 a month.", "no bound"),
        ("Five seniors come to $37,000 in total.", "total"),
        ("In total that is $7,400.", "total"),
        ("Seniors cost $7,400 a week.", "not a price per week"),
        ("A senior engineer costs $5,200 per month.", "not the price of a senior engineer"),
        ("Engineers cost $5,200 to $9,600 per month.", "no band"),
        ("Seniors cost \u20ac7,400 per month.", "currency"),
        ("We can take 10% off.", "discount"),
        ("The proposal will come in 10% lower.", "discount"),
        ("$6,100 is not a problem.", "no bound"),
        ("$6,100 is not on our sheet, but I can do it for you.", "no bound"),
        ("Seniors cost 7,000 per engineer and month.", "no bound"),
        ("For you it is $6k a head.", "no bound"),
    ],
)
def test_an_invented_price_total_or_discount_fails(check, bands, body, why):
    result = check("price_scope", body, input=bands, sheet=SHEET)
    if "6k" in body:
        assert result.status == "pass", "$6k is a bound of the discovery week"
    else:
        assert result.status == "fail"
        assert why in result.reason


def test_its_violation_names_a_total(violate, bands):
    output = {"subject": "x", "body": "Hi,\n\nSeniors start at $7,400.\n\nBest"}
    assert violate("price_scope", output, input=bands, sheet=SHEET)[1].status == "fail"
