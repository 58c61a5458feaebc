using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Veer.Benchmarks.Growth;
using Veer.Benchmarks.SideBySide;
using Veer.Runtime;

// as the command does, which is what is measured
VeerRuntime.Tune();

if (args is [TableCommand.Name, .. var options]) return TableCommand.Run(options);
if (args is [SideCommand.Name, .. var side]) return SideCommand.Run(side);
if (args is [GrowthCommand.Name, .. var sizes]) return GrowthCommand.Run(sizes);
if (args is [GrowthCommand.OneName, var task, var size]) return GrowthCommand.RunOne(task, size);

// In this process: a generated project would miss the repair of the native wrapper (docs/native-libraries.md).
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(
    args, DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
return 0;
