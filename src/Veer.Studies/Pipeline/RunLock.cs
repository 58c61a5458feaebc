using System.Globalization;
using Veer.Formats;

namespace Veer.Studies.Pipeline;

/// <summary>
/// One run at a time in a folder. The system's lock on a file in it ends with the process that holds it, however that ends, so a lock is
/// never left behind; another file says who holds it.
/// </summary>
public sealed class RunLock : IDisposable
{
    // a file that is locked cannot be read by others
    private const string FileName = "run.lock", HolderName = "run.holder";

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
        catch (IOException) when (IsHeld(path))
        {
            throw new InputException(folder, FileName, $"held by {Holder(folder)}", "no other run in this folder; wait for it, or name another with --out");
        }
        AtomicFile.WriteText(Path.Combine(folder, HolderName), string.Create(
            CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName} since {DateTime.Now:yyyy-MM-dd HH:mm:ss}\n"));
        return new RunLock(held);
    }

    /// <summary>Gives it back.</summary>
    public void Dispose() => held.Dispose();

    /// <summary>Whether another process holds the lock, and the folder is not merely one that nobody can write to.</summary>
    private static bool IsHeld(string path)
    {
        if (!File.Exists(path)) return false;
        try
        {
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static string Holder(string folder)
    {
        string path = Path.Combine(folder, HolderName);
        return File.Exists(path) ? File.ReadAllText(path).Trim() : "another process";
    }
}
