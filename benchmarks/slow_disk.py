"""A disk whose every flush takes some milliseconds longer, as network disks have it."""

import subprocess
from pathlib import Path

_SOURCE = Path(__file__).parent / "slow_disk.c"


def variables(folder: Path, milliseconds: int) -> dict[str, str]:
    """Return the environment of a process that is to have a slow disk.

    :param folder: where the library may be built
    """
    if not milliseconds:
        return {}
    library = folder / "slow_disk.so"
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", library, _SOURCE, "-ldl"], check=True)
    return {"LD_PRELOAD": str(library), "SLOW_DISK_MS": str(milliseconds)}
