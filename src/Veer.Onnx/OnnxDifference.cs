namespace Veer.Onnx;

/// <summary>How far a file's answer, by ONNX Runtime, is from the postprocessor's own on the same random samples.</summary>
/// <param name="Absolute">The largest difference of two numbers.</param>
/// <param name="Relative">That difference, as a part of the largest number.</param>
public readonly record struct OnnxDifference(double Absolute, double Relative);
