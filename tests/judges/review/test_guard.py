import pytest

from tests.judges.review.conftest import BASE, PORT

ACT = {"kind": "leave", "nonce": "a" * 32, "item": "x", "pass_number": 1}


@pytest.mark.parametrize(
    "path", ["/", "/label", "/review/review.js", "/?token=", "/?token=token-9"]
)
def test_without_the_token_nothing_is_shown(visit, five, path):
    page = visit()
    stranger = page.client.application.test_client()
    answer = stranger.get(path, base_url=BASE)
    assert answer.status_code == 403
    assert "request" not in answer.text
    assert page.get("/label").status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:80", f"[::1]:{PORT}"),
        *(f"127.0.0.1.nip.io:{PORT}", f"localhost.evil.example:{PORT}", ""),
    ],
)
def test_another_host_is_refused_though_it_has_the_cookie_and_the_token(visit, five, host):
    page = visit()
    assert page.get("/label", Host=host).status_code == 403
    assert page.get("/?token=token-1", Host=host).status_code == 403
    answer = page.post("/label/act", ACT, Host=host, Origin=f"http://{host}")
    assert answer.status_code == 403


def test_the_name_localhost_is_this_machine(visit, five):
    page = visit()
    assert page.get("/?token=token-1", Host=f"localhost:{PORT}").status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"https://127.0.0.1:{PORT}"},
        {"Origin": f"http://127.0.0.1:{PORT + 1}"},
        {"Origin": f"http://localhost:{PORT}"},
        {"Origin": None},
        {"X-Review-Token": None},
        {"X-Review-Token": "0" * 64},
        {"X-Review-Token": "é"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_change_from_elsewhere_is_refused(visit, five, answers, headers):
    page = visit()
    assert page.post("/label/act", ACT, **headers).status_code == 403
    assert answers.events("label") == ()


def test_our_own_page_may_change(visit, five):
    page = visit()
    assert page.post("/label/act", ACT, **{"Sec-Fetch-Site": "same-origin"}).status_code == 409


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_page_of_another_site_may_not_even_read(visit, five, headers):
    assert visit().get("/label", **headers).status_code == 403


def test_the_cookie_of_an_earlier_run_opens_nothing(visit, five):
    old, new = visit(), visit()
    new.client.set_cookie(old.guard.cookie_name, old.guard.cookie, domain="127.0.0.1", path="/")
    assert new.get("/label").status_code == 403


def test_every_answer_forbids_scripts_frames_and_sniffing(visit, five):
    page = visit()
    for answer in (page.get("/label"), page.get("/nowhere"), page.get("/label", Host="evil")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    cookie = page.client.get("/?token=token-1", base_url=BASE).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "token-1" not in cookie


def test_the_token_does_not_stand_on_the_page(visit, five):
    page = visit()
    assert "token-1" not in page.get("/label").text
    assert page.guard.cookie not in page.get("/label").text


def test_the_page_has_no_inline_script_style_or_foreign_address(visit, five):
    text = visit().get("/label").text
    assert "<script>" not in text
    assert "style=" not in text
    assert "//" not in text.replace("<!doctype html>", "")


def test_a_request_that_is_too_large_is_refused(visit, five, answers):
    page = visit()
    values = {**ACT, "kind": "answer", "field": "note", "value": "x" * 100_000}
    assert page.post("/label/act", values).status_code in (400, 413)
    assert answers.events("label") == ()
