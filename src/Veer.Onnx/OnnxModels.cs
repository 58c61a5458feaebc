using Veer.Features;

namespace Veer.Onnx;

/// <summary>Models in ONNX files, by ONNX Runtime.</summary>
public static class OnnxModels
{
    /// <summary>Lets <see cref="FeatureSpaces"/> open .onnx files. A program calls it once, when it starts.</summary>
    public static void Use() => ModelKind.Onnx.Reader = (file, _) => OnnxFeatures.Load(file);
}
