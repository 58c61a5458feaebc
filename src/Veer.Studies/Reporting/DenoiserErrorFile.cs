using Veer.Formats;

namespace Veer.Studies.Reporting;

/// <summary>denoiser-error.json: the learned denoiser beside the closed form, level by level.</summary>
internal static class DenoiserErrorFile
{
    /// <exception cref="InputException">The file is no list of levels.</exception>
    public static IReadOnlyList<DenoiserErrorRow> Read(string path) => JsonInput.Read(path, "a list of signal, noise, label, error and oracle", (root, _) => root.Items()
        .Select(level => new DenoiserErrorRow(level["noise"].Number() / level["signal"].Number(), level["label"].Text(), level["error"].Number(), level["oracle"].Number())).ToList());
}
