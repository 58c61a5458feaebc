namespace Veer.Data;

/// <summary>Goes through the images of a data set once, in their order.</summary>
internal interface IImageReader : IDisposable
{
    /// <summary>Fills a batch with the next images; never asked for more than there are.</summary>
    void Read(ImageBatch batch);

    /// <summary>After the last image: verifies what can only be known then, as checksums.</summary>
    void Finish() { }
}
