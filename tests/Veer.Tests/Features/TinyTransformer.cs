using static TorchSharp.torch;

namespace Veer.Tests.Features;

/// <summary>
/// A vision transformer of one block with random weights, as exporters write them: patches of 4 x 4 pixels by a convolution, a class token
/// and two registers before them, positions, one attention head around a residual, layer normalisation.
/// </summary>
internal sealed class TinyTransformer
{
    public const int Side = 8, Leading = 3, Size = 6;

    private const int Patch = 4, Patches = Side / Patch * (Side / Patch);
    private const float Epsilon = 1e-6f;

    private static readonly int[] PatchSides = [Patch, Patch], SwapLast = [0, 2, 1];
    private static readonly long[] PatchColumns = [0, Size, -1], LeadingTokens = [Leading, Size];

    // spread as in a network before training, so that rounding stays what it is: attention on a few tokens magnifies it
    private readonly Dictionary<string, Tensor> weights = new()
    {
        ["patch.weight"] = Random("patch.weight", Size, 3, Patch, Patch) / Math.Sqrt(3 * Patch * Patch),
        ["patch.bias"] = Random("patch.bias", Size),
        ["tokens"] = Random("tokens", 1, Leading, Size),
        ["positions"] = Random("positions", 1, Leading + Patches, Size),
        ["query"] = Random("query", Size, Size) / Math.Sqrt(Size),
        ["key"] = Random("key", Size, Size) / Math.Sqrt(Size),
        ["value"] = Random("value", Size, Size) / Math.Sqrt(Size),
        ["projection"] = Random("projection", Size, Size) / Math.Sqrt(Size),
        ["norm.weight"] = Random("norm.weight", Size) + 1,
        ["norm.bias"] = Random("norm.bias", Size),
    };

    /// <summary>The model as ONNX: pixel_values [N, 3, 8, 8] to last_hidden_state [N, 7, 6] and pooler_output [N, 6].</summary>
    /// <param name="batch">A name for any N, or the only N.</param>
    public byte[] ToOnnx(object batch)
    {
        var graph = new OnnxGraph()
            .Input("pixel_values", batch, 3, Side, Side)
            .Output("last_hidden_state", batch, Leading + Patches, Size)
            .Output("pooler_output", batch, Size);
        foreach (var (name, values) in weights) graph.Weight(name, values);
        return graph
            .Weight("flat", tensor(PatchColumns))
            .Weight("first", zeros(1, ScalarType.Int64))
            .Weight("second", ones(1, ScalarType.Int64))
            .Weight("token shape", tensor(LeadingTokens))
            .Weight("scale", tensor((float)(1 / Math.Sqrt(Size))))
            .Weight("class token", tensor(0L))
            .Node("Conv", ["pixel_values", "patch.weight", "patch.bias"], "grid", ("strides", PatchSides), ("kernel_shape", PatchSides))
            .Node("Reshape", ["grid", "flat"], "columns")
            .Node("Transpose", ["columns"], "patches", ("perm", SwapLast))
            .Node("Shape", ["patches"], "shape")
            .Node("Slice", ["shape", "first", "second"], "count")
            .Node("Concat", ["count", "token shape"], "tokens shape", ("axis", 0))
            .Node("Expand", ["tokens", "tokens shape"], "leading")
            .Node("Concat", ["leading", "patches"], "sequence", ("axis", 1))
            .Node("Add", ["sequence", "positions"], "hidden")
            .Node("MatMul", ["hidden", "query"], "q")
            .Node("MatMul", ["hidden", "key"], "k")
            .Node("MatMul", ["hidden", "value"], "v")
            .Node("Transpose", ["k"], "k turned", ("perm", SwapLast))
            .Node("MatMul", ["q", "k turned"], "products")
            .Node("Mul", ["products", "scale"], "scores")
            .Node("Softmax", ["scores"], "attention", ("axis", -1))
            .Node("MatMul", ["attention", "v"], "mixed")
            .Node("MatMul", ["mixed", "projection"], "projected")
            .Node("Add", ["hidden", "projected"], "residual")
            .Node("LayerNormalization", ["residual", "norm.weight", "norm.bias"], "last_hidden_state", ("axis", -1), ("epsilon", Epsilon))
            .Node("Gather", ["last_hidden_state", "class token"], "pooler_output", ("axis", 1))
            .ToBytes();
    }

    /// <summary>The tokens that the model gives, by libtorch in float64: [N, 7, 6].</summary>
    /// <param name="pixels">[N, 3, 8, 8] as the model sees them.</param>
    public Tensor Tokens(Tensor pixels)
    {
        var w = weights.ToDictionary(pair => pair.Key, pair => pair.Value.to(ScalarType.Float64));
        var grid = nn.functional.conv2d(pixels.to(ScalarType.Float64), w["patch.weight"], w["patch.bias"], strides: [Patch, Patch]);
        var leading = w["tokens"].expand(pixels.shape[0], -1, -1);
        var hidden = cat([leading, grid.flatten(2).transpose(1, 2)], 1) + w["positions"];
        var (q, k, v) = (hidden.matmul(w["query"]), hidden.matmul(w["key"]), hidden.matmul(w["value"]));
        var attention = (q.matmul(k.transpose(1, 2)) / Math.Sqrt(Size)).softmax(2);
        var residual = hidden + attention.matmul(v).matmul(w["projection"]);
        return nn.functional.layer_norm(residual, [Size], w["norm.weight"], w["norm.bias"], Epsilon);
    }

    private static Tensor Random(string name, params long[] shape) => RandomKey.From(21, name).Normal(0, shape[0], shape.AsSpan(1));
}
