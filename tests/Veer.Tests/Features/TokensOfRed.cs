using static TorchSharp.torch;

namespace Veer.Tests.Features;

/// <summary>An ONNX model whose tokens are the rows of the red channel.</summary>
internal static class TokensOfRed
{
    /// <param name="sides">The input's: a number, or a name where it may be any.</param>
    public static byte[] Model(params object[] sides) => new OnnxGraph()
        .Input("pixel_values", sides).Output("last_hidden_state", sides[0], sides[2], sides[3])
        .Weight("red", tensor(0L)).Node("Gather", ["pixel_values", "red"], "last_hidden_state", ("axis", 1)).ToBytes();
}
