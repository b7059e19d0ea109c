"""One question answered by spopt, in an environment of its own; prints what it measured as JSON.

python spopt_side.py DATA.npz KIND SECONDS
"""

import json
import resource
import sys
import time

import numpy as np

IMPORT = time.perf_counter()
import pulp  # noqa: E402 - measured
from spopt.locate import LSCP, MCLP, PCenter, PMedian  # noqa: E402

IMPORT = time.perf_counter() - IMPORT


def _cpu() -> float:
    """CPU seconds of this process and of the solver that it starts."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def main() -> None:
    """Build and solve, and tell seconds, memory and value."""
    path, kind, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    data = np.load(path)
    ways, weights, radius, p = data["ways"], data["weights"], float(data["radius"]), int(data["p"])
    begun, used = time.perf_counter(), _cpu()
    if kind == "p_median":
        model = PMedian.from_cost_matrix(ways, weights, p_facilities=p)
    elif kind == "mclp":
        model = MCLP.from_cost_matrix(ways, weights, service_radius=radius, p_facilities=p)
    elif kind == "lscp":
        model = LSCP.from_cost_matrix(ways, service_radius=radius)
    else:
        model = PCenter.from_cost_matrix(ways, p_facilities=p)
    built, built_cpu = time.perf_counter() - begun, _cpu() - used
    model = model.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds), results=False)
    proved = model.problem.sol_status == pulp.LpSolutionOptimal
    value = pulp.value(model.problem.objective)
    most = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    told = {
        "import": IMPORT,
        "build": built,
        "solve": time.perf_counter() - begun - built,
        "cpu": _cpu() - used,
        "build_cpu": built_cpu,
        "peak": max(most) * 1024 / 1e6,
        "value": value,
        "proved": bool(proved),
    }
    print(json.dumps(told))  # noqa: T201 - read by the process that started this one


if __name__ == "__main__":
    main()
