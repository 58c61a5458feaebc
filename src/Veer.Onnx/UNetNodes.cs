using Veer.Networks;
using Veer.Networks.Kernels;
using Veer.Networks.Layers;
using static TorchSharp.torch;

namespace Veer.Onnx;

/// <summary>An <see cref="AdmUNet"/>, block by block as the network has them.</summary>
internal sealed class UNetNodes(GraphNodes nodes, AdmUNet network, Tensor? told, long height, long width) : NetworkNodes(nodes, network, told)
{
    private readonly AdmUNetOptions size = network.Options;

    /// <summary>A value [batch, C, H, W] whose sides but the batch are known.</summary>
    private readonly record struct Image(string Value, long Channels, long Height, long Width);

    /// <inheritdoc/>
    public override string Answer(string x, string time, string labels)
    {
        string embedded = Embed(time, labels);
        var hidden = Convolve(Patches(x), "input_blocks.0.0");
        var given = new Stack<Image>([hidden]);
        // the first convolution is number 0
        foreach (var (i, block) in network.Encoder.Index()) given.Push(hidden = Through(block, $"input_blocks.{i + 1}", hidden, embedded));
        hidden = Through(network.MiddleBlock, "middle_block", hidden, embedded);
        foreach (var (i, block) in network.Decoder.Index())
        {
            var skipped = given.Pop();
            var joint = hidden with { Value = Nodes.Concatenate(hidden.Value, skipped.Value), Channels = hidden.Channels + skipped.Channels };
            hidden = Through(block, $"output_blocks.{i}", joint, embedded);
        }
        return Pixels(Convolve(Activate(Normalize(hidden, "out.0")), "out.2"));
    }

    /// <summary>Each patch's pixels as channels of one position, a channel's pixels side by side.</summary>
    private Image Patches(string x)
    {
        long side = size.PatchSize, channels = size.ImageChannels;
        if (side == 1) return new(x, channels, height, width);
        string split = Nodes.Transpose(Nodes.Reshape(x, 0, channels, height / side, side, width / side, side), 0, 1, 3, 5, 2, 4);
        return new(Nodes.Reshape(split, 0, channels * side * side, height / side, width / side), channels * side * side, height / side, width / side);
    }

    /// <summary>The image whose patches they are.</summary>
    private string Pixels(Image patches) => size.PatchSize == 1
        ? patches.Value
        : Nodes.Node("DepthToSpace", [patches.Value], ("blocksize", (long)size.PatchSize), ("mode", "CRD"));

    /// <summary>What time and class say, [batch or 1, E].</summary>
    private string Embed(string time, string labels)
    {
        string frequencies = Nodes.Weight("time_frequencies", () => SinusoidalEmbedding.Frequencies(size.Channels, CPU));
        string phase = Phase(Nodes.Multiply(time, Nodes.Number(size.TimeScale)), frequencies);
        string sines = Nodes.Concatenate(Nodes.Node("Cos", [phase]), Nodes.Node("Sin", [phase]));
        string embedded = Linear(Nodes.Silu(Linear(sines, "time_embed.0")), "time_embed.2");
        if (size.Labels > 0) embedded = Nodes.Add(embedded, Nodes.Rows(Classes("label_emb.weight", () => Tensor("label_emb.weight")), labels));
        return Nodes.Silu(embedded);
    }

    private Image Through(IReadOnlyList<AdmLayer> layers, string name, Image x, string embedded)
    {
        foreach (var (i, layer) in layers.Index()) x = Layer(layer, $"{name}.{i}", x, embedded);
        return x;
    }

    private Image Layer(AdmLayer layer, string name, Image x, string embedded) => layer switch
    {
        AdmResidualBlock block => Residual(block.Resampling, name, x, embedded),
        AdmAttention => Attend(name, x),
        AdmDownsampling => Has($"{name}.op.weight") ? Convolve(x, $"{name}.op", stride: 2) : Halve(x),
        AdmUpsampling => Has($"{name}.conv.weight") ? Convolve(Double(x), $"{name}.conv") : Double(x),
        _ => throw new NotSupportedException($"no nodes are known for {layer.GetType().Name}"),
    };

    private Image Residual(Resampling resampling, string name, Image x, string embedded)
    {
        var hidden = Convolve(Resample(resampling, Activate(Normalize(x, $"{name}.in_layers.0"))), $"{name}.in_layers.2");
        string told = Nodes.Node("Unsqueeze", [Linear(embedded, $"{name}.emb_layers.1"), Nodes.Whole(2, 3)]);
        if (size.ScaleShiftNorm)
        {
            string scale = Part(0), shift = Part(1);
            string normal = Normalize(hidden, $"{name}.out_layers.0").Value;
            hidden = hidden with { Value = Nodes.Add(Nodes.Multiply(normal, Nodes.Add(scale, Nodes.Number(1))), shift) };
        }
        else
        {
            hidden = Normalize(hidden with { Value = Nodes.Add(hidden.Value, told) }, $"{name}.out_layers.0");
        }
        hidden = Convolve(Activate(hidden), $"{name}.out_layers.3");
        x = Resample(resampling, x);
        if (Has($"{name}.skip_connection.weight")) x = Convolve(x, $"{name}.skip_connection");
        return hidden with { Value = Nodes.Add(hidden.Value, x.Value) };

        string Part(long half) =>
            Nodes.Node("Slice", [told, Nodes.Whole(half * hidden.Channels), Nodes.Whole((half + 1) * hidden.Channels), Nodes.Whole(1)]);
    }

    private Image Attend(string name, Image x)
    {
        long heads = size.HeadsOf(checked((int)x.Channels)), pixels = x.Height * x.Width, channels = x.Channels / heads;
        string rows = Nodes.Transpose(Nodes.Reshape(Normalize(x, $"{name}.norm").Value, 0, x.Channels, pixels), 0, 2, 1);
        string joint = Linear(rows, $"{name}.qkv");
        // [3, batch, heads, pixels, channels of a head]
        string parts = size.NewAttentionOrder
            ? Nodes.Transpose(Nodes.Reshape(joint, 0, pixels, 3, heads, channels), 2, 0, 3, 1, 4)
            : Nodes.Transpose(Nodes.Reshape(joint, 0, pixels, heads, 3, channels), 3, 0, 2, 1, 4);
        string scale = Nodes.Number(1 / Math.Sqrt(Math.Sqrt(channels)));
        string query = Nodes.Multiply(Part(0), scale), key = Nodes.Multiply(Part(1), scale);
        string weight = Nodes.Node("Softmax", [Nodes.Product(query, Nodes.Transpose(key, 0, 1, 3, 2))], ("axis", -1L));
        string attended = Nodes.Reshape(Nodes.Transpose(Nodes.Product(weight, Part(2)), 0, 2, 1, 3), 0, pixels, x.Channels);
        string moved = Nodes.Transpose(Linear(attended, $"{name}.proj_out"), 0, 2, 1);
        return x with { Value = Nodes.Add(x.Value, Nodes.Reshape(moved, 0, x.Channels, x.Height, x.Width)) };

        string Part(long number) => Nodes.Reshape(Nodes.Rows(parts, Nodes.Whole(number)), -1, heads, pixels, channels);
    }

    /// <summary>Group normalisation: that of every instance, over rows of a group each.</summary>
    private Image Normalize(Image x, string name)
    {
        const int Groups = GroupNormalization.Groups;
        string unit = Nodes.Weight("ones", () => ones(Groups)), none = Nodes.Weight("zeros", () => zeros(Groups));
        string groups = Nodes.Reshape(x.Value, 0, Groups, -1);
        string normal = Nodes.Node("InstanceNormalization", [groups, unit, none], ("epsilon", GroupNormFunction.Epsilon));
        string back = Nodes.Reshape(normal, 0, x.Channels, x.Height, x.Width);
        return x with { Value = Nodes.Add(Nodes.Multiply(back, OfChannels($"{name}.weight")), OfChannels($"{name}.bias")) };

        string OfChannels(string weight) => Nodes.Weight(weight, () => Tensor(weight).reshape(-1, 1, 1));
    }

    private Image Activate(Image x) => x with { Value = Nodes.Silu(x.Value) };

    private Image Convolve(Image x, string name, long stride = 1)
    {
        var kernel = Tensor($"{name}.weight").shape;
        long padding = kernel[2] / 2;
        string value = Nodes.Node(
            "Conv", [x.Value, Weight($"{name}.weight"), Weight($"{name}.bias")],
            ("kernel_shape", new[] { kernel[2], kernel[3] }), ("strides", new[] { stride, stride }), ("pads", new[] { padding, padding, padding, padding }));
        return new(value, kernel[0], x.Height / stride, x.Width / stride);
    }

    private Image Resample(Resampling resampling, Image x) => resampling switch
    {
        Resampling.Halve => Halve(x),
        Resampling.Double => Double(x),
        _ => x,
    };

    /// <summary>The means of 2 × 2 boxes.</summary>
    private Image Halve(Image x) =>
        new(Nodes.Node("AveragePool", [x.Value], ("kernel_shape", new[] { 2L, 2 }), ("strides", new[] { 2L, 2 })), x.Channels, x.Height / 2, x.Width / 2);

    /// <summary>Every pixel four times.</summary>
    private Image Double(Image x)
    {
        string scales = Nodes.Weight("doubling", () => tensor(new[] { 1f, 1, 2, 2 }));
        string value = Nodes.Node(
            "Resize", [x.Value, "", scales], ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"));
        return new(value, x.Channels, 2 * x.Height, 2 * x.Width);
    }
}
