"""The lexical detectors on the shipped pairs, measured once."""

import pytest

from benchwright.pipeline.calibration import CalibrationSettings, calibrate_detectors


@pytest.fixture(scope="session")
def shipped_report():
    return calibrate_detectors(CalibrationSettings())


@pytest.fixture(scope="session")
def by_check(shipped_report):
    return {found.check: found for found in shipped_report.detectors}
