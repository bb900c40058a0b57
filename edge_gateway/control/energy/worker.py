"""The optimiser's process: a problem as JSON comes in, a plan as JSON or an error goes out, then it ends.

A solver that hangs or crashes takes nothing with it: who started it waits for so long and then ends it.
"""

from __future__ import annotations

import json
import sys

from edge_gateway.control.energy.optimiser import optimise
from edge_gateway.control.energy.plan import InfeasibleError, Problem, violations


def main() -> int:
    """Reads standard input, writes standard output. Exit code 0 with a plan, 1 with a reason."""
    asked = json.load(sys.stdin)
    try:
        problem = Problem.of(asked["problem"])
        plan = optimise(problem, asked["limit_s"])
        wrong = violations(plan, problem)
        if wrong:
            raise InfeasibleError(f"the solver's answer breaks a limit: {wrong[0]}")
    except ImportError as error:
        json.dump({"error": f"the extra `optimise` is not installed ({error})"}, sys.stdout)
        return 1
    except InfeasibleError as error:
        json.dump({"error": str(error)}, sys.stdout)
        return 1
    json.dump({"plan": plan.as_dict()}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
