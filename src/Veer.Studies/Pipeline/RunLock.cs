using System.Globalization;

namespace Veer.Studies.Pipeline;

/// <summary>
/// One run at a time in a folder. The system's lock on a file in it ends with the process that holds it, however that ends, so a lock is
/// never left behind; the file says who holds it.
/// </summary>
public sealed class RunLock : IDisposable
{
    private const string FileName = "run.lock";

    private readonly FileStream held;

    private RunLock(FileStream held) => this.held = held;

    /// <summary>Takes the lock.</summary>
    /// <param name="folder">A run's folder; made if missing.</param>
    /// <exception cref="InputException">Another process holds it.</exception>
    public static RunLock Take(string folder)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, FileName);
        FileStream held;
        try
        {
            held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new InputException(folder, FileName, $"held by {Holder(path)}", "no other run in this folder; wait for it, or name another with --out");
        }
        held.SetLength(0);
        held.Write(System.Text.Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName} since {DateTime.Now:yyyy-MM-dd HH:mm:ss}\n")));
        held.Flush();
        return new RunLock(held);
    }

    /// <summary>Gives it back.</summary>
    public void Dispose() => held.Dispose();

    private static string Holder(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadLine() is { Length: > 0 } holder ? holder : "another process";
    }
}
