namespace Veer.Features;

/// <summary>What the extractors of model files share: images prepared as their description says, and what is taken of the output.</summary>
public abstract class ModelFeatures : IFeatureSpace
{
    /// <summary>Images that a model sees at a time, unless it was exported for another number.</summary>
    private protected const long DefaultBatchSize = 32;

    private readonly ExtractorDescription description;
    private readonly ModelInput input;
    private readonly string path;

    private protected ModelFeatures(ModelFile file)
    {
        (path, Name, description, Fingerprint) = file;
        input = new(description, Name);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <inheritdoc/>
    public string Description => description.InOneLine();

    /// <inheritdoc/>
    public string Resize => input.Resize;

    /// <inheritdoc/>
    public int Size { get; private set; }

    /// <inheritdoc/>
    public virtual long BatchSize => DefaultBatchSize;

    /// <inheritdoc/>
    public void Check(Tensor images) => input.Check(images);

    /// <inheritdoc/>
    public Tensor Extract(Tensor images)
    {
        using var scope = NewDisposeScope();
        return ModelOutput.Take(Run(input.Prepare(images)), images.shape[0], description, path).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs the model on prepared images [B, channels, S, S].</summary>
    private protected abstract Tensor Run(Tensor images);

    /// <summary>Frees the model.</summary>
    private protected abstract void Free();

    /// <summary>Tries the model on a black image, which tells the size of the features and most faults of a description.</summary>
    private protected void Try()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        Size = checked((int)Extract(input.Blank()).shape[1]);
    }
}
