import unittest

import layers

LAYERS = """
# a comment
*       =           | fmt
core    =           | curl
engine  = core      | duckdb
process = core      |
serve   = core engine |
"""


class LayersTest(unittest.TestCase):
    def setUp(self):
        self.layers = layers.read_layers(LAYERS)

    def said(self, name, *includes):
        return layers.check_file(
            self.layers, name, "\n".join(f"#include {one}" for one in includes)
        )

    def test_what_a_room_may_include_passes(self):
        self.assertEqual(
            self.said("serve/a.cpp", '"core/b.h"', '"serve/c.h"', "<fmt/format.h>"), []
        )

    def test_a_room_that_may_not_be_known_is_refused_with_advice(self):
        [problem] = self.said("serve/rows.cpp", '"process/state.h"')
        self.assertEqual(
            problem,
            "serve/rows.cpp:1 includes process/state.h: serve may not know process: "
            "read it through core/relation.h",
        )

    def test_a_room_below_is_refused(self):
        [problem] = self.said("core/a.h", '"serve/b.h"')
        self.assertIn("serve stands above core", problem)

    def test_a_library_outside_its_room_is_refused(self):
        [problem] = self.said("serve/a.cpp", "<duckdb.h>")
        self.assertIn("duckdb lives only in engine", problem)

    def test_an_include_without_its_room_is_refused(self):
        [problem] = self.said("serve/a.cpp", '"rows.h"')
        self.assertIn('name the room: "serve/rows.h"', problem)

    def test_a_room_that_layers_does_not_name_is_refused(self):
        [problem] = self.said("cellar/a.cpp", '"core/b.h"')
        self.assertIn("knows no room 'cellar'", problem)

    def test_a_library_in_a_header_that_others_include_is_refused(self):
        files = {
            "engine/value.h": "#include <duckdb.h>",
            "engine/inner.h": "#include <duckdb.h>",
            "serve/rows.cpp": '#include "engine/value.h"',
        }
        [problem] = layers.shown_libraries(self.layers, files)
        self.assertIn("engine/value.h:1 shows duckdb to serve/rows.cpp", problem)

    def test_a_cycle_is_refused(self):
        with self.assertRaisesRegex(SystemExit, "a cycle"):
            layers.read_layers("core = engine |\nengine = core |\n")
