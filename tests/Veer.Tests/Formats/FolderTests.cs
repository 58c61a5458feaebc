using TorchSharp;
using static TorchSharp.torch;

namespace Veer.Tests.Formats;

/// <summary>Tests with tensors and files: each has a dispose scope and a folder of its own.</summary>
public abstract class FolderTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    private protected readonly TemporaryFolder folder = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        folder.Dispose();
        scope.Dispose();
        GC.SuppressFinalize(this);
    }
}
