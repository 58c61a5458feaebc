namespace Veer;

/// <summary>Progress that is told at once, on the thread that makes it; <see cref="Progress{T}"/> tells it later, on another.</summary>
/// <param name="tell">Told every value.</param>
public sealed class SynchronousProgress<T>(Action<T> tell) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => tell(value);
}
