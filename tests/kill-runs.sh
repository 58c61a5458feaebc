#!/usr/bin/env bash
# Kills a small run at many random moments (100, or as many as asked for) and compares what it ends in with a run left alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export VEER_KILLS=${1:-100}
dotnet build tests/Veer.Tests -c Release
tests/Veer.Tests/bin/Release/net10.0/Veer.Tests -noLogo -showLiveOutput -class Veer.Tests.Studies.StudyRunKilledTests
