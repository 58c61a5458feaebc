#!/bin/bash
# run.sh STAGE...: make vectors trained short same digits-blurred digits-autoencoder digits-noised (the digits with STEPS=500, 200, 120). Every step leaves its command, seconds and load in log.tsv.
cd "$(dirname "$0")"
export OMP_NUM_THREADS=1 # VEER_DATA names the folder of MNIST
veer=${VEER:-veer}
fit=fit
steps=${STEPS:-500}     # of a digits' fit
mkdir -p fit fit-short fit-trained after numbers logs

step() {    # step NAME COMMAND...
    local name=$1 start=$(date +%s.%N); shift
    taskset -c 1 "$@" > logs/$name.out 2> logs/$name.err
    local code=$?
    printf '%s\t%s\t%.1f\t%s\t%s\n' "$name" $code $(echo "$(date +%s.%N) - $start" | bc) "$(cut -d' ' -f1 /proc/loadavg)" "$*" >> log.tsv
}

repair() {  # repair SET RESULT REAL [fit's options]
    local set=$1 result=$2 real=$3; shift 3
    step $result-fit $veer postprocess fit --generated data/$set/generated.npz --real $real --out $fit/$result "$@"
    step $result-apply $veer postprocess apply --model $fit/$result --input data/$set/before.npz --out after/$result.npz
}

measure() { # measure SET RESULT REAL [evaluate's options]
    local set=$1 result=$2 real=$3; shift 3
    step $result-evaluate $veer evaluate --samples data/$set/before.npz after/$result.npz --reference $real --held-out data/$set/fresh.npz --subsets 20 --no-classes --json "$@"
    cp logs/$result-evaluate.out numbers/$result.json
}

for stage; do case $stage in
    make) step make env OPENBLAS_NUM_THREADS=1 /usr/bin/python3 make_samples.py data ;;
    vectors) for set in modes8-mixture mixture16-mixture moons-kernels subspace64-kernels gaussians25-mixture gaussians25-kernels swiss-mixture swiss-kernels; do
        repair $set $set data/$set/real.npz --seed 0; measure $set $set data/$set/real.npz; done ;;
    trained) fit=fit-trained; set=swiss-mixture      # stops at its only look
        repair $set $set-trained data/$set/real.npz --seed 0 --set postprocessor.stopping.every=4000 --set postprocessor.training.steps=4000
        measure $set $set-trained data/$set/real.npz; fit=fit ;;
    short) fit=fit-short; for set in gaussians25-mixture gaussians25-kernels swiss-mixture swiss-kernels; do
        repair $set $set-short data/$set/real.npz --seed 0 --set postprocessor.training.steps=1000; done; fit=fit ;;
    same) for seed in 0 1 2 3 4 5 6 7 8 9; do
        repair same-$seed same-$seed data/same-$seed/real.npz --seed $seed; measure same-$seed same-$seed data/same-$seed/real.npz --metrics sliced-wasserstein-2,energy-distance,mind,precision,recall,coverage,clipped-coverage; done ;;
    digits-*) repair $stage $stage mnist:train --seed 0 --set postprocessor.training.steps=$steps; measure $stage $stage mnist:train --metrics ${METRICS:-frechet,kernel,mind,precision,recall,coverage,clipped-coverage} ;;
esac; done
