import unittest

import licences


class LicencesTest(unittest.TestCase):
    def test_a_dependency_that_notice_does_not_name_is_found(self):
        dependencies = {
            "apt": {"packages": ["cmake", "libfmt-dev", "libzstd-dev"]},
            "pypi": {"duckdb": {}},
            "archive": [{"name": "vega-datasets"}],
        }
        self.assertEqual(
            licences.unnamed(dependencies, "libfmt-dev duckdb vega-datasets"), ["libzstd-dev"]
        )
