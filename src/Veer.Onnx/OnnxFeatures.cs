using Veer.Features;
using static TorchSharp.torch;

namespace Veer.Onnx;

/// <summary>The features of an ONNX model, computed by ONNX Runtime on the processor.</summary>
public sealed class OnnxFeatures : ModelFeatures
{
    private readonly OnnxModel model;

    private OnnxFeatures(ModelFile file, OnnxModel model)
        : base(file)
    {
        this.model = model;
        Try();
    }

    /// <inheritdoc/>
    public override long BatchSize => model.BatchSize ?? DefaultBatchSize;

    /// <summary>Loads a model.</summary>
    /// <param name="path">NAME.onnx, with NAME.json beside it; or a description that names its model.</param>
    /// <exception cref="InputException">A file is missing, or the model is none or does not fit its description.</exception>
    public static OnnxFeatures Load(string path) => Load(ModelFile.Open(path));

    internal static OnnxFeatures Load(ModelFile file)
    {
        if (file.Description.Arguments is not null)
            throw new InputException(file.Path, "arguments", "switches", "nothing: an ONNX model takes images alone");
        return OnnxModel.Open(file.Path, file.Description).OrDispose(model => new OnnxFeatures(file, model));
    }

    /// <inheritdoc/>
    private protected override Tensor Run(Tensor images) => model.Run(images.cpu()).to(images.device);

    /// <inheritdoc/>
    private protected override void Free() => model.Dispose();
}
