"""Runs on MicroPython: ``portable_main.py ROOT MODULE TEST...``; one line a test, ``PASS name`` or ``FAIL name``."""

import sys

root, module_name = sys.argv[1:3]
sys.path.insert(0, root)
failed = 0
module = __import__(module_name)
for part in module_name.split(".")[1:]:
    module = getattr(module, part)
for name in sys.argv[3:]:
    try:
        getattr(module, name)()
    except Exception as error:  # noqa: BLE001 - reported below, and the next test still runs
        failed += 1
        print("FAIL", name)
        sys.print_exception(error)
    else:
        print("PASS", name)
sys.exit(1 if failed else 0)
