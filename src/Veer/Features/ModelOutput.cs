namespace Veer.Features;

/// <summary>Takes the features out of a model's output.</summary>
internal static class ModelOutput
{
    /// <summary>The features that a description asks for.</summary>
    /// <param name="output">[B, tokens, D] for "cls" and "patch-mean", [B, ...] for "flat".</param>
    /// <param name="count">B.</param>
    /// <param name="description">What to take.</param>
    /// <param name="file">The model, for the error.</param>
    /// <returns>[B, D] float32.</returns>
    /// <exception cref="InputException">The output has another shape.</exception>
    public static Tensor Take(Tensor output, long count, ExtractorDescription description, string file)
    {
        long[] shape = output.shape;
        int leading = description.LeadingTokens;
        var (fits, expected) = description.Take switch
        {
            "cls" => (shape.Length == 3 && shape[1] > 0, "[N, tokens, features] for 'cls'"),
            "patch-mean" => (shape.Length == 3 && shape[1] > leading, $"[N, tokens, features] with more than the {leading} leading tokens"),
            _ => (shape.Length >= 2, "[N, ...]"),
        };
        if (!fits || shape[0] != count || output.numel() == 0)
        {
            string name = description.Output is null ? "output" : $"output '{description.Output}'";
            throw new InputException(file, name, $"[{string.Join(", ", shape)}] of N = {count}", expected);
        }
        using var scope = NewDisposeScope();
        var features = description.Take switch
        {
            "cls" => output.select(1, 0),
            "patch-mean" => output.narrow(1, leading, shape[1] - leading).mean([1]),
            _ => output.flatten(1),
        };
        return features.to(ScalarType.Float32).contiguous().MoveToOuterDisposeScope();
    }
}
