"""Tests run on the CPU, quietly."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # networks this small only lose by threads of their own
    os.environ.setdefault(name, "1")

collect_ignore = ["golden/make_torch_lstm.py"]  # needs torch; it made the arrays beside it, which need nothing
