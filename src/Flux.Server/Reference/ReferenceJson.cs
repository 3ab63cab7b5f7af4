using System.Text.Encodings.Web;
using System.Text.Json;

namespace Flux.Server.Reference;

/// <summary>How the documents are written: as answers are, without needless escapes. They are JSON and nothing else, and are never put into a page as text.</summary>
internal static class ReferenceJson
{
    public static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
