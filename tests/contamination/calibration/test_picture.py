from xml.etree import ElementTree

import pytest

from benchwright.contamination.calibration.picture import to_svg
from benchwright.errors import CheckFailedError

SVG = "{http://www.w3.org/2000/svg}"


def test_each_detector_with_a_threshold_has_a_panel_and_nothing_is_loaded(shipped_report):
    text = to_svg(shipped_report)
    root = ElementTree.fromstring(text)  # noqa: S314 - made by this test
    titles = [t.text for t in root.iter(f"{SVG}text") if t.get("class") == "title"]
    assert titles[1:] == ["containment", "minhash", "masked"]
    assert "prefers-color-scheme: dark" in text
    assert not [e for e in root.iter() if e.tag in (f"{SVG}script", f"{SVG}image", f"{SVG}use")]
    assert text == to_svg(shipped_report)


def test_the_lines_stay_inside_their_plot(shipped_report):
    root = ElementTree.fromstring(to_svg(shipped_report))  # noqa: S314 - made by this test
    lines = [p.get("d") for p in root.iter(f"{SVG}path") if "line " in (p.get("class") or "")]
    points = [
        tuple(map(float, point.split()))
        for line in lines
        if "L" in line
        for point in line[1:].split(" L")
    ]
    assert len(points) > 300
    assert all(50 <= x <= 370 and 46 <= y <= 226 for x, y in points)


def test_without_a_curve_there_is_no_picture(shipped_report):
    exact = [found for found in shipped_report.detectors if found.check == "exact"]
    with pytest.raises(CheckFailedError, match="no detector has a curve"):
        to_svg(shipped_report.model_copy(update={"detectors": tuple(exact)}))
