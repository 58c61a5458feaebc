namespace Veer.Data;

/// <summary>How samples lie in a file or folder: what writes them so.</summary>
internal interface ISampleLayout
{
    /// <exception cref="InputException">Such samples cannot be written so.</exception>
    void Check(string path, Samples samples);

    /// <summary>Writes points in place of those of samples, whose labels and order they have; atomically.</summary>
    void Write(string path, Samples samples, Tensor points);
}
