"""One line: the peers' versions and the BLAS that each process of theirs really loads."""
import importlib
import os
import re

found = []
for name in ("numpy", "scipy.linalg", "faiss", "torch"):
    try:
        importlib.import_module(name)
        package = importlib.import_module(name.split(".")[0])
        found.append(f"{name.split('.')[0]} {package.__version__}")
    except ImportError:
        found.append(f"no {name}")
with open("/proc/self/maps", encoding="utf-8") as maps:
    paths = {line.split()[-1] for line in maps if re.search(r"/lib[^/]*(blas|lapack|mkl)", line)}
names = sorted({os.path.basename(os.path.realpath(path)) for path in paths})
real = any("openblas" in name or "mkl" in name or "blis" in name for name in names)
print(", ".join(found) + "; BLAS: " + ", ".join(names) + ("" if real else " (THE REFERENCE'S: the peers are not at their best)"))
