using Spectre.Console;
using Veer.Cli;
using Veer.Images;
using Veer.Onnx;
using Veer.Runtime;

VeerRuntime.Tune();
SkiaImages.Use();
OnnxModels.Use();
// a terminal's lines end at its edge; a file's have none
if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = EvaluationConsole.Wide;
return await CommandRunner.Run(VeerCommand.Create(), args);
