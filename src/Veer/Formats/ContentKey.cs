using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Veer.Formats;

/// <summary>
/// The hash by which something kept is known again: of the settings it was made by (as JSON), of what it was made from, and of the program's
/// version. What a run leaves and what a training resumes are used only where all three are the same.
/// </summary>
public static class ContentKey
{
    private const int Digits = 16;

    // hashed piece by piece: a view of bytes ends at 2 GB
    private const long PieceBytes = 1 << 26;

    /// <summary>The version whose results have these keys.</summary>
    private static readonly string ProgramVersion = typeof(ContentKey).Assembly.GetName().Version!.ToString(3);

    /// <summary>The key of what is made by settings from inputs.</summary>
    /// <param name="settings">Anything that JSON can hold.</param>
    /// <param name="inputs">Keys of what it is made from.</param>
    public static string Compute(object settings, params IEnumerable<string> inputs)
    {
        string text = $"{ProgramVersion}\n{JsonSerializer.Serialize(settings, JsonPolicy.Options)}\n{string.Join('\n', inputs)}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..Digits];
    }

    /// <summary>The key of tensors: their types, shapes and values, in their order.</summary>
    public static string Hash(params IEnumerable<Tensor> tensors)
    {
        using var quiet = no_grad();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in tensors) Append(hash, tensor);
        return Convert.ToHexStringLower(hash.GetCurrentHash())[..Digits];
    }

    private static void Append(IncrementalHash hash, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{tensor.dtype} [{string.Join(", ", tensor.shape)}]\n")));
        if (tensor.numel() == 0) return;
        var rows = tensor.dim() == 0 ? tensor.detach().unsqueeze(0) : tensor.detach();
        long most = Math.Max(1, PieceBytes / Math.Max(1, rows.element_size() * rows.numel() / rows.shape[0]));
        for (long first = 0; first < rows.shape[0]; first += most)
        {
            using var piece = NewDisposeScope();
            hash.AppendData(rows.narrow(0, first, Math.Min(most, rows.shape[0] - first)).cpu().contiguous().bytes);
        }
    }
}
