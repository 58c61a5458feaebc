namespace Veer.Formats;

/// <summary>Names inside archives: relative, with forward slashes, and never leading out of the archive's own folder.</summary>
internal static class EntryName
{
    /// <summary>Refuses a name that a careless reader would follow out of the archive.</summary>
    /// <param name="archive">The archive's file, for the error.</param>
    /// <param name="name">The entry's name.</param>
    public static void Check(string archive, string name)
    {
        const string Inside = "a relative path that stays inside the archive", Slashes = ", with slashes and no backslash";
        bool absolute = name.StartsWith('/') || (name.Length > 1 && name[1] == ':');
        if (name.Length == 0 || absolute || name.Contains('\0') || name.Split('/').Contains(".."))
            throw new InputException(archive, "entry", name.Replace('\0', '?'), Inside);
        if (name.Contains('\\')) throw new InputException(archive, "entry", name, Inside + Slashes);
    }

    /// <summary>A name as the library compares them: backslashes, which some packers on Windows write, are slashes, and "./" is left out.</summary>
    public static string Plain(string name)
    {
        string slashed = name.Replace('\\', '/');
        return slashed.StartsWith("./", StringComparison.Ordinal) || slashed.Contains("/./", StringComparison.Ordinal)
            ? string.Join('/', slashed.Split('/').Where(part => part != "."))
            : slashed;
    }
}
