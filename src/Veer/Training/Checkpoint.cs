using System.Globalization;
using Veer.Formats;
using Veer.Networks;

namespace Veer.Training;

/// <summary>
/// The whole state of a training in one file, replaced atomically; the one before is kept beside it, for the day a disk tears the
/// newer one.
/// </summary>
internal sealed class Checkpoint(string folder, string settings)
{
    private const string Current = "checkpoint.safetensors";
    private const string Previous = "checkpoint.previous.safetensors";

    /// <summary>Saves the tensors as they are after a step.</summary>
    public void Save(long step, IReadOnlyDictionary<string, Tensor> state)
    {
        string current = Path.Combine(folder, Current);
        if (File.Exists(current)) File.Move(current, Path.Combine(folder, Previous), overwrite: true);
        Safetensors.Write(current, state, new Dictionary<string, string>
        {
            ["step"] = step.ToString(CultureInfo.InvariantCulture),
            ["settings"] = settings,
            ["checksum"] = Checksum.Of(state),
        });
    }

    /// <summary>
    /// Copies the newest readable checkpoint into the tensors and returns its step; 0 where there is none of these settings.
    /// </summary>
    /// <param name="state">The live tensors, by the names they were saved under.</param>
    /// <param name="warn">Told, in a line, of a checkpoint that cannot be used.</param>
    public long Restore(IReadOnlyDictionary<string, Tensor> state, Action<string> warn)
    {
        foreach (string name in new[] { Current, Previous })
        {
            string path = Path.Combine(folder, name);
            if (!File.Exists(path)) continue;
            try
            {
                long step = Restore(path, state);
                // the next save keeps the current file as the previous one: it must be one that can be read
                if (name == Previous) File.Move(path, Path.Combine(folder, Current), overwrite: true);
                return step;
            }
            catch (InputException torn)
            {
                warn($"{torn.Message}; the checkpoint is not used");
            }
        }
        return 0;
    }

    /// <summary>Removes both files, once the training's result is safe elsewhere.</summary>
    /// <param name="folder">The training's.</param>
    public static void Delete(string folder)
    {
        File.Delete(Path.Combine(folder, Current));
        File.Delete(Path.Combine(folder, Previous));
    }

    /// <summary>Whether a file of that name is a checkpoint.</summary>
    public static bool Is(string file) => Path.GetFileName(file) is Current or Previous;

    private long Restore(string path, IReadOnlyDictionary<string, Tensor> state)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var file = Safetensors.Read(path);
        if (file.Metadata.GetValueOrDefault("settings") != settings)
            throw new InputException(path, "settings", "those of another training", "this training's settings, data and version of the program");
        if (!long.TryParse(file.Metadata.GetValueOrDefault("step"), NumberStyles.None, CultureInfo.InvariantCulture, out long step))
            throw new InputException(path, "step", $"'{file.Metadata.GetValueOrDefault("step")}'", "a number");
        StateTensors.RequireLike(path, file.Tensors, state);
        string found = Checksum.Of(file.Tensors);
        if (file.Metadata.GetValueOrDefault("checksum") is var saved && saved != found) throw new InputException(path, "checksum", found, $"{saved}: its bytes have changed since it was saved");
        StateTensors.Copy(path, file.Tensors, state);
        return step;
    }
}
