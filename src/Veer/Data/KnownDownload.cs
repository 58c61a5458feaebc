namespace Veer.Data;

/// <summary>Files that are downloaded by one name.</summary>
/// <param name="What">What they are, for errors: "data set mnist".</param>
/// <param name="Folder">The folder that a mirror may keep them in.</param>
/// <param name="Files">The files.</param>
/// <param name="Homes">Where they are published; web folders, tried in this order.</param>
/// <param name="Remedy">What to put where by hand, for errors.</param>
internal sealed record KnownDownload(string What, string Folder, IReadOnlyList<KnownFile> Files, IReadOnlyList<string> Homes, string Remedy);
