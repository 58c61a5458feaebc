namespace Veer;

/// <summary>What is open, and what is made once.</summary>
internal static class Resources
{
    /// <summary>What is made of something open, which is freed where nothing comes of it.</summary>
    public static T OrDispose<TOpen, T>(this TOpen open, Func<TOpen, T> make)
        where TOpen : IDisposable
    {
        try
        {
            return make(open);
        }
        catch
        {
            open.Dispose();
            throw;
        }
    }

    /// <summary>What stands under a name; made where nothing does yet.</summary>
    public static T Once<TName, T>(this Dictionary<TName, T> made, TName name, Func<T> make)
        where TName : notnull
    {
        if (!made.TryGetValue(name, out var one)) made[name] = one = make();
        return one;
    }
}
