namespace Veer.Onnx;

/// <summary>A file was not written, as ONNX Runtime does not give from it what the postprocessor gives.</summary>
/// <param name="message">How large the difference is.</param>
public sealed class OnnxDifferenceException(string message) : VeerException(message);
