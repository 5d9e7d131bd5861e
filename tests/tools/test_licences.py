"""No dependency comes in under a licence nobody has read."""

import pytest

from tools.licences import UnknownLicence, licence_of, stated


def test_a_stated_licence_is_read_by_its_short_name() -> None:
    assert stated("litestar") == "MIT"
    assert stated("sqlalchemy") == "MIT"
    assert stated("certifi") == "MPL-2.0"


@pytest.mark.parametrize("licence", ["SSPL-1.0", "MIT AND GPL-2.0-only", "Proprietary OR Commercial"])
def test_a_licence_that_is_not_known_to_fit_is_refused(licence: str) -> None:
    with pytest.raises(UnknownLicence, match="some-package"):
        licence_of("some-package", {"some-package": licence})


@pytest.mark.parametrize("licence", ["MIT", "Apache-2.0 OR SSPL-1.0", "MIT AND (Apache-2.0 OR BSD-2-Clause)"])
def test_of_a_choice_of_licences_one_that_fits_is_enough(licence: str) -> None:
    assert licence_of("some-package", {"some-package": licence}) == licence
