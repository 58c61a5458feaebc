using System.Globalization;

namespace Veer;

/// <summary>Does work in the invariant culture where code of others asks the thread for its own: records print themselves so, libraries draw so.</summary>
public static class InvariantCulture
{
    /// <summary>Does the work; the thread's culture comes back.</summary>
    /// <param name="work">What threads that it starts do is in the invariant culture too.</param>
    public static T Run<T>(Func<T> work)
    {
        var own = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            return work();
        }
        finally
        {
            CultureInfo.CurrentCulture = own;
        }
    }
}
