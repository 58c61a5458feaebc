using Veer.Cli;
using Veer.Images;
using Veer.Onnx;
using Veer.Runtime;

VeerRuntime.Tune();
SkiaImages.Use();
OnnxModels.Use();
return await CommandRunner.Run(VeerCommand.Create(), args);
