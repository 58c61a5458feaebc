using System.Reflection;
using System.Reflection.Emit;

namespace Veer.Tests;

/// <summary>The methods that compiled methods call, read from their instructions.</summary>
internal static class Calls
{
    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>Every method with instructions that an assembly declares.</summary>
    public static IEnumerable<MethodBase> Methods(Assembly assembly)
    {
        const BindingFlags all = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
        return assembly.GetTypes().SelectMany(type => type.GetMethods(all).Concat<MethodBase>(type.GetConstructors(all))).Where(method => method.GetMethodBody() is not null);
    }

    /// <summary>What a method calls, in order, each with the type that a call of a type parameter's method is made on.</summary>
    public static IEnumerable<(MethodBase Called, Type On)> Of(MethodBase method)
    {
        byte[] bytes = method.GetMethodBody()!.GetILAsByteArray()!;
        Type[]? ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        Type[]? ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        Type? constrained = null;
        for (int at = 0; at < bytes.Length;)
        {
            short value = bytes[at++];
            if (value == 0xFE) value = (short)(0xFE00 | bytes[at++]);
            var code = Codes[value];
            if (code == OpCodes.Constrained) constrained = method.Module.ResolveType(BitConverter.ToInt32(bytes, at), ofType, ofMethod);
            if (code.OperandType == OperandType.InlineMethod && method.Module.ResolveMethod(BitConverter.ToInt32(bytes, at), ofType, ofMethod) is { } called)
            {
                yield return (called, constrained ?? called.DeclaringType!);
                constrained = null;
            }
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(bytes, at),
                _ => 4,
            };
        }
    }
}
