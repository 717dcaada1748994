using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;
using Verification = Google.Protobuf.Reflection.ExtensionRangeOptions.Types.VerificationState;

namespace Gateway.Schemas.Protobuf.Parsing.Validation;

/// <summary>Extension ranges that list the extensions they are for.</summary>
internal static class ExtensionDeclarations
{
    private static readonly HashSet<string> Scalars =
    [
        "double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string", "bytes", "uint32", "sfixed32", "sfixed64", "sint32", "sint64",
    ];

    public static void Ranges(ProtoMessage message)
    {
        HashSet<string>? names = null;
        foreach (var range in message.Proto.ExtensionRange)
        {
            if (range.Options is not { Declaration.Count: > 0 } options) continue;
            if (options is { HasVerification: true, Verification: Verification.Unverified })
                throw new ProtoFault("An extension range with declarations cannot be UNVERIFIED", range);
            var numbers = new HashSet<int>();
            foreach (var declaration in options.Declaration)
            {
                if (declaration.Number < range.Start || declaration.Number >= range.End)
                    throw new ProtoFault($"Number {declaration.Number} is declared outside the extension range", range);
                if (!numbers.Add(declaration.Number)) throw new ProtoFault($"Number {declaration.Number} is declared twice", range);
                if (!declaration.HasFullName || !declaration.HasType)
                {
                    if (declaration.HasFullName != declaration.HasType || !declaration.Reserved)
                        throw new ProtoFault($"The declaration of number {declaration.Number} needs both a full name and a type, or neither and reserved: true", range);
                    continue;
                }
                if (!(names ??= new HashSet<string>(StringComparer.Ordinal)).Add(declaration.FullName))
                    throw new ProtoFault($"\"{declaration.FullName}\" is declared twice", range);
                if (!IsFullName(declaration.FullName)) throw new ProtoFault($"\"{declaration.FullName}\" is not a full name with a leading dot", range);
                if (!IsFullName(declaration.Type) && !Scalars.Contains(declaration.Type))
                    throw new ProtoFault($"\"{declaration.Type}\" is neither a scalar type nor a full name with a leading dot", range);
            }
        }
    }

    public static void Extension(ProtoField extension, BudgetMeter meter)
    {
        foreach (var range in extension.ContainingType.Proto.ExtensionRange)
        {
            if (extension.Number < range.Start || extension.Number >= range.End || range.Options is not { } options) continue;
            if (options.Declaration.Count == 0 && !(options is { HasVerification: true, Verification: Verification.Declaration })) continue;
            meter.Step(1 + options.Declaration.Count / 8);
            var declared = options.Declaration.FirstOrDefault(declaration => declaration.Number == extension.Number)
                ?? throw new ProtoFault($"Number {extension.Number} of \"{extension.ContainingType.FullName}\" is for declared extensions only; declare \"{extension.FullName}\" there", extension.Proto, ProtoPart.Number);
            if (declared.Reserved) throw new ProtoFault($"Number {extension.Number} is reserved by the declarations of \"{extension.ContainingType.FullName}\"", extension.Proto, ProtoPart.Number);
            var type = extension.Proto.HasTypeName ? extension.Proto.TypeName : extension.Kind.ToString().ToLowerInvariant();
            if (declared.FullName != "." + extension.FullName || declared.Type != type || declared.Repeated != extension.IsRepeated)
            {
                throw new ProtoFault(
                    $"Number {extension.Number} of \"{extension.ContainingType.FullName}\" is declared for {(declared.Repeated ? "repeated " : "")}{declared.Type} {declared.FullName}",
                    extension.Proto);
            }
        }
    }

    private static bool IsFullName(string name) =>
        name.StartsWith('.') && name[1..].Split('.').All(part => part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'));
}
