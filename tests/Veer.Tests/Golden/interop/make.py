"""Makes the files of this folder (NumPy 1.24, PIL 9.4), and checks files of ours: make.py | make.py check FOLDER."""
import io
import json
import struct
import sys
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).parent
VECTORS = (np.arange(12).reshape(4, 3) * 3 - 7).astype(np.int64)  # whole, so that every type holds them
LABELS = np.array([2, 0, 1, 1], np.int32)
IMAGES = (np.arange(4 * 5 * 6 * 3).reshape(4, 5, 6, 3) * 7 % 256).astype(np.uint8)  # [N, H, W, C]
TYPES = dict(F16=np.float16, F32=np.float32, F64=np.float64, I32=np.int32, I64=np.int64, I16=np.int16, I8=np.int8)


def safetensors(path, arrays):
    header, at = {}, 0
    for name, array in arrays.items():
        code = next(code for code, kind in (TYPES | {"U8": np.uint8}).items() if array.dtype == kind)
        header[name] = dict(dtype=code, shape=list(array.shape), data_offsets=[at, at + array.nbytes])
        at += array.nbytes
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(np.ascontiguousarray(a).tobytes() for a in arrays.values()))


def dataset_zip(path, labelled):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        names = [f"00000/img{i:08d}.png" for i in range(len(IMAGES))]
        for name, pixels in zip(names, IMAGES):
            png = io.BytesIO()
            Image.fromarray(pixels).save(png, "PNG")
            archive.writestr(name, png.getvalue())
        archive.writestr("dataset.json", json.dumps(dict(labels=[[n, int(l)] for n, l in zip(names, LABELS)] if labelled else None)))


def make():
    for code, kind in TYPES.items():
        np.save(HERE / f"c-{code.lower()}.npy", VECTORS.astype(kind))
    np.save(HERE / "fortran-f64.npy", np.asfortranarray(VECTORS.astype(np.float64)))
    np.save(HERE / "images-fortran.npy", np.asfortranarray(IMAGES))
    np.save(HERE / "images-unit.npy", (IMAGES / 255).astype(np.float32).transpose(0, 3, 1, 2))
    np.savez(HERE / "positions.npz", IMAGES, LABELS)
    np.savez_compressed(HERE / "names.npz", samples=VECTORS.astype(np.float32), y=LABELS.astype(np.uint8).reshape(-1, 1))
    np.savez(HERE / "statistics-beside.npz", x=VECTORS.astype(np.float64), mu=np.zeros(3), sigma=np.eye(3))
    np.savez(HERE / "statistics-alone.npz", mu=np.zeros(3), sigma=np.eye(3))
    safetensors(HERE / "vectors.safetensors", dict(points=VECTORS.astype(np.float32), labels=LABELS))
    safetensors(HERE / "images.safetensors", dict(images=(IMAGES / 127.5 - 1).astype(np.float16)))
    np.savetxt(HERE / "savetxt.csv", VECTORS, header="a b c")
    dataset_zip(HERE / "labelled.zip", True)
    dataset_zip(HERE / "unlabelled.zip", False)


def same(found, wanted, what):
    assert found.dtype == wanted.dtype and found.shape == wanted.shape and (found == wanted).all(), (what, found, wanted)


def check(folder):
    """Ours, written from the files of make(): the same arrays and pixels."""
    for code, kind in TYPES.items():
        same(np.load(folder / f"c-{code.lower()}.npy"), VECTORS.astype(kind), code)
    same(np.load(folder / "fortran-f64.npy"), VECTORS.astype(np.float64), "Fortran")
    same(np.load(folder / "images-fortran.npy"), IMAGES, "images in Fortran order")
    unit = np.load(folder / "images-unit.npy")
    assert unit.dtype == np.float32 and unit.shape == (4, 3, 5, 6) and abs(unit - IMAGES.transpose(0, 3, 1, 2) / 255).max() < 1e-6
    with np.load(folder / "positions.npz") as file:
        same(file["arr_0"], IMAGES, "arr_0"), same(file["arr_1"], LABELS, "arr_1")
    with np.load(folder / "names.npz") as file:
        same(file["samples"], VECTORS.astype(np.float32), "samples"), same(file["y"], LABELS.astype(np.uint8).reshape(-1, 1), "y")
    same(np.loadtxt(folder / "savetxt.csv").astype(np.int64), VECTORS, "csv")
    for name in ("labelled", "unlabelled"):
        with zipfile.ZipFile(folder / f"{name}.zip") as archive:
            assert archive.testzip() is None
            for i, pixels in enumerate(IMAGES):
                same(np.asarray(Image.open(archive.open(f"00000/img{i:08d}.png"))), pixels, name)
            labels = json.loads(archive.read("dataset.json"))["labels"]
            assert (labels is None) if name == "unlabelled" else [label for _, label in labels] == LABELS.tolist()
    raw = (folder / "vectors.safetensors").read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    entry = json.loads(raw[8:8 + size])["points"]
    begin, end = entry["data_offsets"]
    same(np.frombuffer(raw[8 + size + begin:8 + size + end], np.float32).reshape(entry["shape"]), VECTORS.astype(np.float32), "safetensors")


if __name__ == "__main__":
    check(Path(sys.argv[2])) if sys.argv[1:2] == ["check"] else make()
