#!/usr/bin/env python3
"""One row of a peer (pyvrp, ortools or vroom): solves one VRPLIB instance and prints a line of the results file.

Every peer gets the instance with the rounding of its family, so that costs can be compared with the best known ones. What a
peer cannot model (prizes in VROOM) makes a row without a cost.
"""
import datetime
import csv
import gzip
import math
import os
import resource
import sys
import tempfile
import time

solver, path, name, seed, seconds = sys.argv[1:]
seed, seconds = int(seed), float(seconds)


def plain(path):
    """The path of an uncompressed copy."""
    if not path.endswith(".gz"):
        return path
    copy = tempfile.NamedTemporaryFile(suffix=".vrp", delete=False)
    copy.write(gzip.open(path).read())
    copy.close()
    return copy.name


def best_known(path):
    with open(os.path.join(os.path.dirname(path), "bks.csv")) as table:
        for row in csv.DictReader(table):
            if row["instance"] == os.path.basename(path).split(".")[0]:
                return float(row["best_known"])
    return None


def is_tenths():
    return "vrptw" in name


def run_pyvrp(file):
    import pyvrp
    from pyvrp.stop import MaxRuntime

    data = pyvrp.read(file, round_func="dimacs" if is_tenths() else "round")
    result = pyvrp.solve(data, stop=MaxRuntime(seconds), seed=seed, display=False)
    cost = result.cost() if result.is_feasible() else None
    return cost, result.is_feasible()


def instance_arrays(file):
    """Coordinates, demands, service times, windows and prizes as whole numbers, and the table of distances."""
    import numpy as np
    import vrplib

    data = vrplib.read_instance(file, compute_edge_weights=False)
    scale = 10 if is_tenths() else 1
    points = np.asarray(data["node_coord"], dtype=float) * scale
    differences = points[:, None, :] - points[None, :, :]
    lines = np.sqrt((differences**2).sum(axis=2))
    distances = np.floor(lines).astype(int) if is_tenths() else np.rint(lines).astype(int)
    count = len(points)
    service = data.get("service_time", 0)
    service = [0] + [int(service * scale)] * (count - 1)
    windows = data.get("time_window")
    windows = None if windows is None else (np.asarray(windows) * scale).astype(int)
    prizes = data.get("prize")
    prizes = None if prizes is None else (np.asarray(prizes) * scale).astype(int)
    return data, distances, service, windows, prizes


def run_ortools(file):
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    data, distances, service, windows, prizes = instance_arrays(file)
    count = len(distances)
    demand = [int(value) for value in data["demand"]]
    vehicles = int(data.get("vehicles", math.ceil(sum(demand) / data["capacity"] * 1.3) + 5))
    manager = pywrapcp.RoutingIndexManager(count, vehicles, 0)
    routing = pywrapcp.RoutingModel(manager)
    table = distances.tolist()
    cost = routing.RegisterTransitMatrix(table)
    routing.SetArcCostEvaluatorOfAllVehicles(cost)
    load = routing.RegisterUnaryTransitVector(demand)
    routing.AddDimension(load, 0, int(data["capacity"]), True, "load")
    if windows is not None:
        times = [[table[a][b] + service[a] for b in range(count)] for a in range(count)]
        horizon = int(windows[0][1])
        routing.AddDimension(routing.RegisterTransitMatrix(times), horizon, horizon, False, "time")
        time_dimension = routing.GetDimensionOrDie("time")
        for node in range(1, count):
            time_dimension.CumulVar(manager.NodeToIndex(node)).SetRange(int(windows[node][0]), int(windows[node][1]))
    if prizes is not None:
        for node in range(1, count):
            routing.AddDisjunction([manager.NodeToIndex(node)], int(prizes[node]))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(seconds * 1000))
    solution = routing.SolveWithParameters(parameters)
    return (solution.ObjectiveValue(), True) if solution else (None, False)


def run_vroom(file):
    import numpy as np
    import vroom

    data, distances, service, windows, prizes = instance_arrays(file)
    if prizes is not None:
        return None, False
    count = len(distances)
    demand = [int(value) for value in data["demand"]]
    vehicles = int(data.get("vehicles", math.ceil(sum(demand) / data["capacity"] * 1.3) + 5))
    problem = vroom.Input()
    problem.set_durations_matrix(profile="car", matrix_input=distances.astype(np.uint32))
    window = vroom.TimeWindow(int(windows[0][0]), int(windows[0][1])) if windows is not None else None
    for number in range(vehicles):
        extra = {"time_window": window} if window else {}
        problem.add_vehicle(vroom.Vehicle(number, start=0, end=0, capacity=[int(data["capacity"])], **extra))
    for node in range(1, count):
        extra = {}
        if windows is not None:
            extra["time_windows"] = [vroom.TimeWindow(int(windows[node][0]), int(windows[node][1]))]
        problem.add_job(vroom.Job(node, location=node, delivery=[demand[node]], default_service=service[node], **extra))
    solution = problem.solve(exploration_level=5, nb_threads=1, timeout=datetime.timedelta(seconds=seconds))
    isComplete = solution.summary.unassigned == 0
    return (solution.summary.cost if isComplete else None), isComplete


begin = time.time()
file = plain(path)
cost, feasible = {"pyvrp": run_pyvrp, "ortools": run_ortools, "vroom": run_vroom}[solver](file)
wall = time.time() - begin
if cost is not None and name.startswith("vrptw"):
    cost /= 10
known = best_known(path)
gap = f"{(cost / known - 1) * 100:.3f}" if cost and known else ""
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(solver, name, seed, int(seconds), cost or "", gap, "", feasible, f"{wall:.1f}", peak, sep=",")
