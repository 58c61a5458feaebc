namespace Veer.Data;

/// <summary>Encoded images by name, in a folder or in a zip. Names are relative, with forward slashes.</summary>
internal interface IImageFiles : IDisposable
{
    /// <summary>The images' names, PNG and JPEG, in ordinal order.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Whether there is a file of this name.</summary>
    bool Contains(string name);

    /// <summary>All bytes of a file.</summary>
    byte[] Read(string name);
}
